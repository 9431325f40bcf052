package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way into Kafka. A thread of its own talks to the producer, because {@code send} blocks
 * where metadata or memory is missing, and event loops must not. What Kafka has not acknowledged is
 * counted: over the limit {@link #offer} takes nothing more, and callers stop reading sockets until
 * half of it is free again.
 */
final class Uplink implements AutoCloseable {

  /** Called on Kafka's thread. */
  interface Completion {

    /**
     * @param failure null when Kafka has the record
     */
    void done(Exception failure);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
  private static final Duration LOOK_AROUND = Duration.ofMillis(100);

  private final UplinkProducers producers;
  private final AvroSerdes serdes;
  private final TopicLayout layout;
  private final UplinkConfig config;
  private final BlockingDeque<Outgoing<?, ?>> queue = new LinkedBlockingDeque<>();
  private final AtomicInteger records = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closing;

  Uplink(UplinkProducers producers, AvroSerdes serdes, TopicLayout layout, UplinkConfig config) {
    this.producers = producers;
    this.serdes = serdes;
    this.layout = layout;
    this.config = config;
    this.thread = Thread.ofPlatform().name("edge-uplink").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Takes a record where there is room for it; false: come back by {@link #whenRoom}. */
  <K, V extends SpecificRecord> boolean offer(
      Topic<K, V> topic, K key, V value, int size, Completion completion) {
    if (!hasRoom()) {
      return false;
    }
    submit(topic, key, value, size, completion);
    return true;
  }

  /**
   * Takes a record whether there is room or not: for what is bounded otherwise, such as one record
   * for each connection.
   */
  <K, V extends SpecificRecord> void submit(
      Topic<K, V> topic, K key, V value, int size, Completion completion) {
    reserve(size);
    queue.addLast(new Outgoing<>(topic, key, value, size, completion));
  }

  /** Submits a record that overtakes those which wait here: for one that is of use only now. */
  <K, V extends SpecificRecord> void submitFirst(
      Topic<K, V> topic, K key, V value, int size, Completion completion) {
    reserve(size);
    queue.addFirst(new Outgoing<>(topic, key, value, size, completion));
  }

  /** Counts a record that has to wait for another one before it is submitted. */
  void reserve(int size) {
    records.incrementAndGet();
    bytes.addAndGet(size);
  }

  void unreserve(int size) {
    records.decrementAndGet();
    bytes.addAndGet(-size);
    wakeWhereRoom();
  }

  boolean hasRoom() {
    return !closing && records.get() < config.maxRecords() && bytes.get() < config.maxBytes();
  }

  /** Runs something, on any thread, as soon as there is room. */
  void whenRoom(Runnable resume) {
    waiting.add(resume);
    wakeWhereRoom(); // room may have come about before we were in the queue
  }

  int unacknowledged() {
    return records.get();
  }

  long unacknowledgedBytes() {
    return bytes.get();
  }

  int waiting() {
    return waiting.size();
  }

  private void wakeWhereRoom() {
    if (waiting.isEmpty()
        || records.get() > config.maxRecords() / 2
        || bytes.get() > config.maxBytes() / 2) {
      return;
    }
    for (Runnable resume = waiting.poll(); resume != null; resume = waiting.poll()) {
      resume.run();
    }
  }

  private void run() {
    try {
      while (!closing || !queue.isEmpty()) {
        Outgoing<?, ?> next = queue.poll(LOOK_AROUND.toMillis(), TimeUnit.MILLISECONDS);
        if (next != null) {
          send(next);
        }
      }
    } catch (InterruptedException e) {
      LOG.warn("The uplink was interrupted with {} records to send", queue.size());
      Thread.currentThread().interrupt();
    }
  }

  private <K, V extends SpecificRecord> void send(Outgoing<K, V> outgoing) {
    try {
      Topic<K, V> topic = outgoing.topic;
      byte[] key = topic.keySerde().serializer().serialize(topic.name(), outgoing.key);
      byte[] value = serdes.value(topic).serializer().serialize(topic.name(), outgoing.value);
      int partition = topic.partition(outgoing.key, topic.partitions(layout));
      var _ =
          producers
              .of(topic)
              .send(
                  new ProducerRecord<>(topic.name(), partition, key, value),
                  (metadata, failure) -> complete(outgoing, failure));
    } catch (RuntimeException e) {
      complete(outgoing, e);
    }
  }

  private void complete(Outgoing<?, ?> outgoing, Exception failure) {
    if (!outgoing.release()) {
      return; // the producer reported a failure both ways
    }
    records.decrementAndGet();
    bytes.addAndGet(-outgoing.size);
    if (failure != null) {
      LOG.warn(
          "A record for {} did not reach Kafka: {}", outgoing.topic.name(), failure.toString());
    }
    try {
      outgoing.completion.done(failure);
    } catch (RuntimeException e) {
      LOG.error("The completion of a record for {} failed", outgoing.topic.name(), e);
    }
    wakeWhereRoom();
  }

  /** Sends what was taken, as long as the limit allows. */
  void close(Duration limit) {
    closing = true;
    try {
      if (!thread.join(limit)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producers.close(limit);
  }

  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /** Mutable in one respect: it is completed once. */
  private static final class Outgoing<K, V extends SpecificRecord> {
    private final Topic<K, V> topic;
    private final K key;
    private final V value;
    private final int size;
    private final Completion completion;
    private boolean released;

    Outgoing(Topic<K, V> topic, K key, V value, int size, Completion completion) {
      this.topic = topic;
      this.key = key;
      this.value = value;
      this.size = size;
      this.completion = completion;
    }

    synchronized boolean release() {
      boolean first = !released;
      released = true;
      return first;
    }
  }
}
