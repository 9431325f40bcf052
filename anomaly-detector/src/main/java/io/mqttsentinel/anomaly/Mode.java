package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;

/** What a detector's findings ask for. */
public enum Mode {
  /** The detector does not run. */
  OFF,
  /** The message is delivered and reported. */
  ALERT,
  /** The message waits for an analyst. */
  ACT;

  Action action() {
    return this == ACT ? Action.QUARANTINE : Action.FLAG;
  }
}
