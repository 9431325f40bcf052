package io.mqttsentinel.schemas;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;

/** The serdes of one process, made when first asked for, each schema registered then. */
public final class AvroSerdes {

  private final SchemaRegistry registry;
  private final Map<String, Serde<? extends SpecificRecord>> made = new ConcurrentHashMap<>();

  public AvroSerdes(SchemaRegistry registry) {
    this.registry = registry;
  }

  /**
   * @throws SchemaRegistryException if the registry refuses the topic's schema
   */
  public <V extends SpecificRecord> Serde<V> value(Topic<?, V> topic) {
    return named(topic.name(), topic.valueType());
  }

  /**
   * A serde for a state store; its schema is registered under the store's name.
   *
   * @throws SchemaRegistryException if the registry refuses the schema
   */
  @SuppressWarnings("unchecked") // one name has one type
  public <V extends SpecificRecord> Serde<V> named(String name, Class<V> type) {
    return (Serde<V>)
        made.computeIfAbsent(name, n -> new AvroSerde<>(n + "-value", type, registry));
  }
}
