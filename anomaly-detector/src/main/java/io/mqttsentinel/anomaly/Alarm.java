package io.mqttsentinel.anomaly;

/** What can be unusual about one client, and its place in a stored profile. */
enum Alarm {
  PUBLISH_RATE(0, "publish_rate"),
  PUBLISH_RATE_RISE(1, "publish_rate_rise"),
  PAYLOAD_OVERSIZED(2, "payload_oversized"),
  PAYLOAD_SIZE_RISE(3, "payload_size_rise"),
  PAYLOAD_HIGH_ENTROPY(4, "payload_high_entropy"),
  PAYLOAD_ENTROPY_SHIFT(5, "payload_entropy_shift"),
  PAYLOAD_TYPE_CHANGE(6, "payload_type_change"),
  TOPIC_NOVELTY(7, "topic_novelty"),
  NEW_ORIGIN(8, "new_origin"),
  OFF_HOURS(9, "off_hours"),
  CONNECTION_RATE(10, "connection_rate"),
  CLIENT_SILENT(11, "client_silent");

  static final int COUNT = values().length;

  private final int place;
  private final String ruleId;

  Alarm(int place, String ruleId) {
    this.place = place;
    this.ruleId = ruleId;
  }

  int place() {
    return place;
  }

  /** The rule that findings name. */
  String ruleId() {
    return ruleId;
  }
}
