package io.mqttsentinel.schemas;

import static org.apache.avro.util.ClassSecurityValidator.DEFAULT;
import static org.apache.avro.util.ClassSecurityValidator.composite;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/** Schemas as the registry is to know them: complete, and without hints for the Java generator. */
public final class Schemas {

  private static final String JAVA_STRING = "\"avro.java.string\":\"String\"";

  /** No field of a record of ours is longer; bytes that claim more must not cost memory. */
  private static final String LONGEST_FIELD = Integer.toString(64 << 20);

  static {
    System.getProperties().putIfAbsent("org.apache.avro.limits.string.maxLength", LONGEST_FIELD);
    System.getProperties().putIfAbsent("org.apache.avro.limits.bytes.maxLength", LONGEST_FIELD);
    System.getProperties()
        .putIfAbsent("org.apache.avro.limits.collectionItems.maxLength", "1000000");
    // Avro refuses to instantiate classes that nobody vouched for, generated ones included.
    ClassSecurityValidator.setGlobal(
        composite(DEFAULT, type -> type.getPackageName().startsWith("io.mqttsentinel.")));
  }

  private Schemas() {}

  /** The schema of a generated record as other languages should see it. */
  public static Schema published(Class<? extends SpecificRecord> type) {
    String text = SpecificData.getForClass(type).getSchema(type).toString();
    return new Schema.Parser()
        .parse(
            text.replace("{\"type\":\"string\"," + JAVA_STRING + "}", "\"string\"")
                .replace("," + JAVA_STRING, ""));
  }
}
