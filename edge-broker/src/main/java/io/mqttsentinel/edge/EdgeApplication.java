package io.mqttsentinel.edge;

import io.mqttsentinel.runtime.ServiceMain;

/** Starts one edge. */
public final class EdgeApplication {

  private EdgeApplication() {}

  public static void main(String[] args) {
    EdgeChannels.enable();
    ServiceMain.run("edge-broker", EdgeApplication.class, args);
  }
}
