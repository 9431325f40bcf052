package io.mqttsentinel.pattern;

import java.util.Locale;

/** The parts of a message that a rule can look at. */
enum InspectedField {
  PAYLOAD,
  TOPIC,
  CLIENT_ID,
  USERNAME,
  /** MQTT 5: user properties, content type, response topic, correlation data. */
  PROPERTIES;

  /** As rule files and evidence name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
