package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.ServiceMain;

/** Looks for what is unusual about a message and about the pace of its client. */
public final class AnomalyDetectorApplication {

  static final String SERVICE = "anomaly-detector";

  private AnomalyDetectorApplication() {}

  public static void main(String[] args) {
    ServiceMain.run(SERVICE, AnomalyDetectorApplication.class, args);
  }
}
