import { createHash } from 'node:crypto';

/**
 * The topic of a key's answers: letters and digits stand for themselves, every other byte is -XX, and a name past
 * Kafka's 249 characters ends in a hash. docs/response-topics.md has the rule.
 */
export function responseTopic(key, template = 'responses.{key}') {
  const encode = (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9]/.test(char) ? char : '-' + byte.toString(16).toUpperCase().padStart(2, '0');
  };
  const bytes = Buffer.from(key);
  const name = template.replace('{key}', () => Array.from(bytes, encode).join('') || '-');
  if (name.length <= 249) return name;
  return name.slice(0, 215) + '--' + createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
