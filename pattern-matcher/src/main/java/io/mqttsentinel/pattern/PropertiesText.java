package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.UserProperty;
import java.nio.charset.StandardCharsets;

/**
 * Texts of a message's properties, one behind the other, so that they are matched at once. What
 * stands between them belongs to no text: nothing is joined to an attack that was none, and the
 * tokenisers read each for itself.
 */
final class PropertiesText {

  private static final int MOST_BYTES = 256 * 1024;

  /** The line end keeps the dot of a pattern from the next text, the separators its white space. */
  private static final byte[] BETWEEN = {JsonStrings.SEPARATOR, '\n', JsonStrings.SEPARATOR};

  private final ByteBuilder joined = new ByteBuilder();

  private PropertiesText() {
    joined.reset(MOST_BYTES);
  }

  /** Whether a message has any such text; data, which may be binary, is none. */
  static boolean isIn(MessageProperties properties) {
    return !properties.getUserProperties().isEmpty()
        || properties.getContentType() != null
        || properties.getResponseTopic() != null;
  }

  static PropertiesText of(MessageProperties properties) {
    PropertiesText text = new PropertiesText();
    text.add(properties.getContentType());
    text.add(properties.getResponseTopic());
    for (UserProperty property : properties.getUserProperties()) {
      text.add(property.getName());
      text.add(property.getValue());
    }
    return text;
  }

  /** Adds a text, if there is one. */
  private void add(String text) {
    if (text == null || text.isEmpty()) {
      return;
    }
    if (joined.length() > 0) {
      joined.add(BETWEEN, 0, BETWEEN.length);
    }
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      joined.add(b == JsonStrings.SEPARATOR ? ' ' : b); // nobody parts an attack with it
    }
  }

  /** Some text found no room. */
  boolean isCut() {
    return joined.isCut();
  }

  byte[] bytes() {
    return joined.copy();
  }
}
