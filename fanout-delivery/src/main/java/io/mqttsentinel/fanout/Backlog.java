package io.mqttsentinel.fanout;

import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Lets what edges ask and answer overtake messages that are late. Streams takes the record with the
 * lowest time first; where a partition is behind with its messages, a client that comes back would
 * wait behind all of them for longer than its edge waits for the answer, be refused, and come
 * again.
 */
final class Backlog implements TimestampExtractor {

  private static final long LATE_MILLIS = 1_000;

  private final AtomicLongArray ages; // of the last message, in ms, by partition

  Backlog(int partitions) {
    ages = new AtomicLongArray(partitions);
  }

  /**
   * A message is handled.
   *
   * @param ageMillis since the edge accepted it
   */
  void handles(int partition, long ageMillis) {
    ages.setRelease(partition, ageMillis);
  }

  /** Before the messages of now where these are late, otherwise in order of time. */
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    long age = ages.getAcquire(record.partition());
    return age < LATE_MILLIS ? record.timestamp() : Math.max(0, record.timestamp() - 2 * age);
  }
}
