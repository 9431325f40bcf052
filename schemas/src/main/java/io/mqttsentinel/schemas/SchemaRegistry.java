package io.mqttsentinel.schemas;

import org.apache.avro.Schema;

/** A registry with the ids of Confluent's wire format. */
public interface SchemaRegistry {

  /**
   * Registers a schema, or finds it registered.
   *
   * @throws SchemaRegistryException if the registry refuses the schema or does not answer
   */
  int register(String subject, Schema schema);

  /**
   * The schema that was registered under an id.
   *
   * @throws SchemaRegistryException if the id is unknown or the registry does not answer
   */
  Schema schema(int id);
}
