// The two clients of ask.js and serve.js, and the options that lead them to a cluster.
import schemaregistry from '@confluentinc/schemaregistry';
import kafkajs from 'kafkajs';
import lz4 from 'lz4js';

const { AvroDeserializer, SchemaRegistryClient, SerdeType } = schemaregistry;
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

// Promptferry's services compress with LZ4 (kafka.producer.compression.type); kafkajs itself reads gzip only.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

export const SHARED = 'responses'; // answers without a topic of their own

export const addresses = {
  bootstrap: { type: 'string', default: '127.0.0.1:9092' },
  registry: { type: 'string', default: 'http://127.0.0.1:8081/apis/ccompat/v7' },
};

export const kafkaAt = (options) =>
  new Kafka({
    brokers: options.bootstrap.split(','),
    logLevel: logLevel.ERROR,
    // ssl: true,
    // sasl: { mechanism: 'scram-sha-512', username, password },
  });

export const registryAt = (options) =>
  new SchemaRegistryClient({
    baseURLs: [options.registry],
    // basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: `${username}:${password}` },
  });

/** The services register their schemas themselves, each under its record's name (RecordNameStrategy). */
export const answerReader = (registry) =>
  new AvroDeserializer(registry, SerdeType.VALUE, {
    subjectNameStrategy: () => 'io.promptferry.records.PromptResponse',
  });

/** Of a consumer. Reading would make topics too, before the collector does and with other settings. */
export const READING = { readUncommitted: false, allowAutoTopicCreation: false, maxWaitTimeInMs: 500 };
