package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.Response;
import io.mqttsentinel.schemas.Action;

/** What a detector's findings ask for. */
public enum Mode {
  /** The detector does not run. */
  OFF(Action.FLAG, Response.REPORT),
  /** The message is delivered and reported. */
  ALERT(Action.FLAG, Response.REPORT),
  /** The message waits for an analyst. */
  ACT(Action.QUARANTINE, Response.REPORT),
  /** The message waits, and the client has to authenticate again. */
  DISCONNECT_CLIENT(Action.QUARANTINE, Response.DISCONNECT_CLIENT),
  /** The message waits, and all that use the user name have to authenticate again. */
  DISCONNECT_USER(Action.QUARANTINE, Response.DISCONNECT_USER),
  /** The message waits, and the client id is banned for a while. */
  BAN_CLIENT(Action.QUARANTINE, Response.BAN_CLIENT),
  BAN_USER(Action.QUARANTINE, Response.BAN_USER),
  BAN_ADDRESS(Action.QUARANTINE, Response.BAN_ADDRESS);

  private final Action action;
  private final Response response;

  Mode(Action action, Response response) {
    this.action = action;
    this.response = response;
  }

  Action action() {
    return action;
  }

  Response response() {
    return response;
  }
}
