package io.mqttsentinel.edge;

/** What this edge can do so far; CONNACK tells MQTT 5 clients (3.2.2.3). */
final class Capabilities {

  static final int MAXIMUM_QOS = 1;
  static final boolean RETAIN = false;
  static final boolean SHARED_SUBSCRIPTIONS = false;

  private Capabilities() {}
}
