package io.mqttsentinel.schemas;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** For topology tests and tools that read and write in one process. */
public final class InMemorySchemaRegistry implements SchemaRegistry {

  private final List<Schema> schemas = new ArrayList<>();

  @Override
  public synchronized int register(String subject, Schema schema) {
    int known = schemas.indexOf(schema);
    if (known >= 0) {
      return known + 1;
    }
    schemas.add(schema);
    return schemas.size();
  }

  @Override
  public synchronized Schema schema(int id) {
    if (id < 1 || id > schemas.size()) {
      throw SchemaRegistryException.refused("schema id %d is not registered".formatted(id));
    }
    return schemas.get(id - 1);
  }
}
