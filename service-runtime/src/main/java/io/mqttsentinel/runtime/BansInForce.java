package io.mqttsentinel.runtime;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.function.Predicate;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bans there are, on every instance, so that a finding neither repeats nor shortens one.
 * Records stay bytes until somebody asks: one that cannot be read must not stop the topology.
 */
public final class BansInForce implements Predicate<String> {

  private static final Logger LOG = LoggerFactory.getLogger(BansInForce.class);
  private static final String STORE = "bans";
  private static final String READ_BANS = "read-auth-bans";

  private final KeyValueStore<String, byte[]> bans;
  private final Deserializer<Ban> deserializer;
  private final Clock clock;

  private BansInForce(
      KeyValueStore<String, byte[]> bans, Deserializer<Ban> deserializer, Clock clock) {
    this.bans = bans;
    this.deserializer = deserializer;
    this.clock = clock;
  }

  /** Lets every instance of the topology read all of {@code auth.bans}; to be added last. */
  public static void addTo(Topology topology) {
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled(),
        READ_BANS,
        Topics.AUTH_BANS.keySerde().deserializer(),
        new ByteArrayDeserializer(),
        Topics.AUTH_BANS.name(),
        "know-bans",
        Update::new);
  }

  /** For the processors of a topology that it was added to. */
  public static BansInForce of(ProcessorContext<?, ?> context, AvroSerdes serdes, Clock clock) {
    return new BansInForce(
        context.getStateStore(STORE), serdes.value(Topics.AUTH_BANS).deserializer(), clock);
  }

  @Override
  public boolean test(String key) {
    byte[] bytes = bans.get(key);
    if (bytes == null) {
      return false;
    }
    try {
      Ban ban = deserializer.deserialize(Topics.AUTH_BANS.name(), bytes);
      return ban.getUntil() == null || ban.getUntil().isAfter(clock.instant());
    } catch (RuntimeException e) {
      LOG.warn("A ban cannot be read and is left alone: {}", e.getMessage());
      return true;
    }
  }

  private static final class Update extends ContextualProcessor<String, byte[], Void, Void> {

    @Override
    public void process(Record<String, byte[]> record) {
      KeyValueStore<String, byte[]> bans = context().getStateStore(STORE);
      bans.put(record.key(), record.value()); // null: lifted
    }
  }
}
