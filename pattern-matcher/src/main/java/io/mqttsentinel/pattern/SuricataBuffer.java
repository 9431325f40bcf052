package io.mqttsentinel.pattern;

import java.util.Arrays;
import java.util.Optional;

/** Where contents of a Suricata rule look, and the field that stands for it here. */
enum SuricataBuffer {
  /** Without any buffer the bytes of the connection are meant. */
  STREAM("", InspectedField.PAYLOAD, "PUBLISH"),
  TOPIC("mqtt.publish.topic", InspectedField.TOPIC, "PUBLISH"),
  MESSAGE("mqtt.publish.message", InspectedField.PAYLOAD, "PUBLISH"),
  CLIENT_ID("mqtt.connect.clientid", InspectedField.CLIENT_ID, "CONNECT"),
  USERNAME("mqtt.connect.username", InspectedField.USERNAME, "CONNECT"),
  WILL_TOPIC("mqtt.connect.willtopic", InspectedField.TOPIC, "CONNECT"),
  WILL_MESSAGE("mqtt.connect.willmessage", InspectedField.PAYLOAD, "CONNECT");

  private final String keyword;
  private final InspectedField field;
  private final String type;

  SuricataBuffer(String keyword, InspectedField field, String type) {
    this.keyword = keyword;
    this.field = field;
    this.type = type;
  }

  static Optional<SuricataBuffer> of(String keyword) {
    return keyword.equals("pkt_data")
        ? Optional.of(STREAM)
        : Arrays.stream(values())
            .filter(buffer -> buffer != STREAM && buffer.keyword.equals(keyword))
            .findFirst();
  }

  InspectedField field() {
    return field;
  }

  /** The packet that has it. */
  String type() {
    return type;
  }

  /** For messages. */
  String shown() {
    return this == STREAM ? "no buffer" : keyword;
  }

  /** The topic that goes with a message, or null. */
  SuricataBuffer topic() {
    return switch (this) {
      case MESSAGE -> TOPIC;
      case WILL_MESSAGE -> WILL_TOPIC;
      default -> null;
    };
  }
}
