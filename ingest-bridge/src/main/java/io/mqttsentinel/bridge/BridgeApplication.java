package io.mqttsentinel.bridge;

import io.mqttsentinel.runtime.ServiceMain;

/** Runs the bridge as a process of its own. */
public final class BridgeApplication {

  static final String SERVICE = "ingest-bridge";

  private BridgeApplication() {}

  public static void main(String[] args) {
    ServiceMain.run(SERVICE, BridgeApplication.class, args);
  }
}
