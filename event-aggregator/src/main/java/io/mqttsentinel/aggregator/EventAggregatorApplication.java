package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.ServiceMain;

/** Decides on messages and shows analysts what was decided. */
public final class EventAggregatorApplication {

  static final String SERVICE = "event-aggregator";

  private EventAggregatorApplication() {}

  public static void main(String[] args) {
    ServiceMain.run(SERVICE, EventAggregatorApplication.class, args);
  }
}
