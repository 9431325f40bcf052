package io.mqttsentinel.runtime;

import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.SchemaRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What a service gets injected. */
@Factory
final class RuntimeFactory {

  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Singleton
  SchemaRegistry schemaRegistry(RegistryConfig config) {
    return config.connect();
  }

  @Singleton
  AvroSerdes serdes(SchemaRegistry registry) {
    return new AvroSerdes(registry);
  }
}
