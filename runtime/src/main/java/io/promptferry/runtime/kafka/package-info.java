/**
 * Kafka clients by configuration, and the reading of topics by one worker for each partition with
 * transactions that only the partition's owner can finish.
 */
@NullMarked
package io.promptferry.runtime.kafka;

import org.jspecify.annotations.NullMarked;
