package io.mqttsentinel.runtime;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Topic;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** How a topology reads and writes a topic of the catalogue. */
public final class TopicIo {

  private TopicIo() {}

  /** Reads a topic; {@code name} is the processor's name in the topology's diagram. */
  public static <K, V extends SpecificRecord> Consumed<K, V> from(
      Topic<K, V> topic, AvroSerdes serdes, String name) {
    return Consumed.with(topic.keySerde(), serdes.value(topic)).withName(name);
  }

  /** Writes a topic, each record to the partition that the catalogue names. */
  public static <K, V extends SpecificRecord> Produced<K, V> to(
      Topic<K, V> topic, AvroSerdes serdes, String name) {
    return Produced.with(topic.keySerde(), serdes.value(topic), partitioner(topic)).withName(name);
  }

  /** Reads a topic, in a topology that is put together by hand. */
  public static <K, V extends SpecificRecord> void addSource(
      Topology topology, String name, Topic<K, V> topic, AvroSerdes serdes) {
    topology.addSource(
        name, topic.keySerde().deserializer(), serdes.value(topic).deserializer(), topic.name());
  }

  /** Writes what {@code parent} forwards, each record to the partition that the catalogue names. */
  public static <K, V extends SpecificRecord> void addSink(
      Topology topology, String name, Topic<K, V> topic, AvroSerdes serdes, String parent) {
    addSink(topology, name, topic, serdes, partitioner(topic), parent);
  }

  /** The same with a placement of its own. */
  public static <K, V extends SpecificRecord> void addSink(
      Topology topology,
      String name,
      Topic<K, V> topic,
      AvroSerdes serdes,
      StreamPartitioner<K, V> partitioner,
      String parent) {
    topology.addSink(
        name,
        topic.name(),
        topic.keySerde().serializer(),
        serdes.value(topic).serializer(),
        partitioner,
        parent);
  }

  /** The catalogue's placement, for sinks that are added to a topology by hand. */
  public static <K, V extends SpecificRecord> StreamPartitioner<K, V> partitioner(
      Topic<K, V> topic) {
    return (name, key, value, partitions) -> Optional.of(Set.of(topic.partition(key, partitions)));
  }
}
