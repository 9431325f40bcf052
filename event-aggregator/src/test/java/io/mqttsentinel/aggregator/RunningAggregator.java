package io.mqttsentinel.aggregator;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.BanExpiry;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.TestKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The whole service on a real Kafka, as a process runs it. */
final class RunningAggregator implements AutoCloseable {

  private static final int PARTITIONS = 3;

  private final ApplicationContext context;
  private final KafkaProducer<byte[], byte[]> producer;
  private final HttpClient http = HttpClient.newHttpClient();

  private RunningAggregator(ApplicationContext context) {
    this.context = context;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestKafka.shared().bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static RunningAggregator start(String instance, Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("micronaut.server.host", "127.0.0.1");
    properties.put("micronaut.server.port", -1);
    properties.put("sentinel.kafka.bootstrap-servers", TestKafka.shared().bootstrapServers());
    properties.put("sentinel.kafka.partitions", PARTITIONS);
    properties.put("sentinel.kafka.lanes", 2);
    properties.put("sentinel.kafka.replication-factor", 1);
    properties.put("sentinel.registry.url", TestKafka.shared().registryUrl());
    properties.put("sentinel.node.instance", instance);
    properties.putAll(more);
    try {
      properties.put(
          "sentinel.streams.state-directory", Files.createTempDirectory("state").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RunningAggregator(ServiceMain.start(Set.of("event-aggregator"), properties));
  }

  String url(String path) {
    return context.getBean(EmbeddedServer.class).getURL() + path;
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url(path))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  <K, V extends SpecificRecord> void send(Topic<K, V> topic, K key, V value) {
    AvroSerdes serdes = bean(AvroSerdes.class);
    send(
        new ProducerRecord<>(
            topic.name(),
            topic.partition(key, producer.partitionsFor(topic.name()).size()),
            topic.keySerde().serializer().serialize(topic.name(), key),
            serdes.value(topic).serializer().serialize(topic.name(), value)));
  }

  /** Bytes that no serde wrote. */
  void sendRaw(String topic, byte[] value) {
    send(new ProducerRecord<>(topic, 0, new byte[0], value));
  }

  /** What clears an expired ban away, whoever wrote the ban since. */
  void expire(String banKey) {
    String topic = Topics.AUTH_BANS.name();
    int partitions = producer.partitionsFor(topic).size();
    byte[] key = banKey.getBytes(StandardCharsets.UTF_8);
    int partition = Topics.AUTH_BANS.partition(banKey, partitions);
    send(new ProducerRecord<>(topic, partition, key, null, BanExpiry.headers()));
  }

  <V extends SpecificRecord> V read(Topic<?, V> topic, byte[] value) {
    return bean(AvroSerdes.class).value(topic).deserializer().deserialize(topic.name(), value);
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (ExecutionException e) {
      throw new AssertionError("Kafka did not take the record", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    producer.close();
    context.close();
  }
}
