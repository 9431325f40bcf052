package io.mqttsentinel.e2e;

/** A topic filter with the QoS that a subscriber asked for. */
record TopicFilter(String filter, int qos) {

  /** MQTT 5.0, 4.7, without the rules for topics that begin with $. */
  boolean matches(String topic) {
    String[] wanted = filter.split("/", -1);
    String[] levels = topic.split("/", -1);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("#")) {
        return true;
      }
      if (i == levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) {
        return false;
      }
    }
    return wanted.length == levels.length;
  }
}
