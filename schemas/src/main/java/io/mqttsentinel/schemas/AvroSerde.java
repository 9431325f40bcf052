package io.mqttsentinel.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Confluent's wire format: a zero byte, the schema's id as four bytes, big endian, then Avro
 * binary. Reads what any registered version of the schema wrote.
 */
final class AvroSerde<V extends SpecificRecord> implements Serde<V> {

  private static final byte MAGIC = 0;
  private static final int HEADER = 5;
  private static final int KEPT_BUFFER = 1 << 16;

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final String subject;
  private final SchemaRegistry registry;
  private final Schema own;
  private final SpecificData data;
  private final SpecificDatumWriter<V> writer;
  private final int writerId;
  private final Map<Integer, SpecificDatumReader<V>> readers = new ConcurrentHashMap<>();

  AvroSerde(String subject, Class<V> type, SchemaRegistry registry) {
    this.subject = subject;
    this.registry = registry;
    this.data = SpecificData.getForClass(type);
    this.own = data.getSchema(type);
    this.writer = new SpecificDatumWriter<>(own, data);
    this.writerId = registry.register(subject, Schemas.published(type));
  }

  @Override
  public Serializer<V> serializer() {
    return (topic, value) -> value == null ? null : write(value);
  }

  @Override
  public Deserializer<V> deserializer() {
    return (topic, bytes) -> bytes == null ? null : read(bytes);
  }

  private byte[] write(V value) {
    Scratch scratch = SCRATCH.get();
    ByteArrayOutputStream out = scratch.out();
    out.write(MAGIC);
    out.write(writerId >>> 24);
    out.write(writerId >>> 16);
    out.write(writerId >>> 8);
    out.write(writerId);
    try {
      scratch.encoder = EncoderFactory.get().binaryEncoder(out, scratch.encoder);
      writer.write(value, scratch.encoder);
      scratch.encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (AvroRuntimeException | ClassCastException | NullPointerException e) {
      // It still holds the first half of this record and would begin the next one with it.
      scratch.encoder = null;
      throw new SerializationException(
          "%s: the record does not fit its schema: %s".formatted(subject, e.getMessage()), e);
    }
    return out.toByteArray();
  }

  private V read(byte[] bytes) {
    if (bytes.length < HEADER || bytes[0] != MAGIC) {
      throw new SerializationException(
          "%s: %d bytes that do not start with the header of Confluent's wire format (0x00, id)"
              .formatted(subject, bytes.length));
    }
    int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
    Scratch scratch = SCRATCH.get();
    try {
      SpecificDatumReader<V> reader = readers.computeIfAbsent(id, this::reader);
      scratch.decoder =
          DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, scratch.decoder);
      return reader.read(null, scratch.decoder);
    } catch (SchemaRegistryException e) {
      if (e.isPassing()) {
        throw e;
      }
      throw unreadable(id, e);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // Hostile bytes fail Avro in many ways: lengths, indexes, unions that do not exist.
      throw unreadable(id, e);
    }
  }

  private SerializationException unreadable(int id, Throwable cause) {
    return new SerializationException(
        "%s: not readable with schema id %d: %s".formatted(subject, id, cause.getMessage()), cause);
  }

  private SpecificDatumReader<V> reader(int id) {
    return new SpecificDatumReader<>(registry.schema(id), own, data);
  }

  /** Buffers that one thread uses again and again. */
  private static final class Scratch {
    private ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    private BinaryEncoder encoder;
    private BinaryDecoder decoder;

    ByteArrayOutputStream out() {
      if (out.size() > KEPT_BUFFER) {
        out = new ByteArrayOutputStream(1024);
      }
      out.reset();
      return out;
    }
  }
}
