package io.mqttsentinel.pattern;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The parts of a message that a rule can look at. */
enum InspectedField {
  PAYLOAD,
  TOPIC,
  CLIENT_ID,
  USERNAME,
  /** MQTT 5: user properties, content type, response topic, correlation data. */
  PROPERTIES,
  /** One value of a JSON payload, for rules that name its path. */
  JSON;

  /** What a client calls itself and its topics. */
  static final Set<InspectedField> NAMES =
      Collections.unmodifiableSet(EnumSet.of(TOPIC, CLIENT_ID, USERNAME));

  /** Where a rule looks that names no field. */
  static Set<InspectedField> usual() {
    return EnumSet.range(PAYLOAD, PROPERTIES);
  }

  /** As rule files and evidence name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
