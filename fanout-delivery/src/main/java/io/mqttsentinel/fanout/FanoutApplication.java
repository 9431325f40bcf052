package io.mqttsentinel.fanout;

import io.mqttsentinel.runtime.ServiceMain;

/** Owns sessions and routes messages to them. */
public final class FanoutApplication {

  static final String SERVICE = "fanout-delivery";

  private FanoutApplication() {}

  public static void main(String[] args) {
    ServiceMain.run(SERVICE, FanoutApplication.class, args);
  }
}
