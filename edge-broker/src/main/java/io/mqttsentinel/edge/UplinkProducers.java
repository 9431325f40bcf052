package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;

/**
 * Two ways to Kafka. Nobody waits for the audit trail: its records wait for each other, so that
 * thousands of refused logins a second are a few requests and not thousands, for Kafka as for
 * everybody who reads them.
 *
 * @param prompt for what somebody waits for
 * @param patient for the audit trail
 */
record UplinkProducers(Producer<byte[], byte[]> prompt, Producer<byte[], byte[]> patient) {

  Producer<byte[], byte[]> of(Topic<?, ?> topic) {
    return topic.equals(Topics.AUDIT_AUTH) ? patient : prompt;
  }

  /**
   * Sends what was taken.
   *
   * @param limit for each
   */
  void close(Duration limit) {
    prompt.close(limit);
    patient.close(limit);
  }
}
