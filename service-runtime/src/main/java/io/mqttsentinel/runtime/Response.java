package io.mqttsentinel.runtime;

/** What a service does about a finding, beyond reporting it. */
public enum Response {
  /** Nothing. */
  REPORT,
  /** The client id has to authenticate again. */
  DISCONNECT_CLIENT,
  /** All that use the user name have to authenticate again. */
  DISCONNECT_USER,
  BAN_CLIENT,
  BAN_USER,
  BAN_ADDRESS;

  boolean isBan() {
    return switch (this) {
      case BAN_CLIENT, BAN_USER, BAN_ADDRESS -> true;
      case REPORT, DISCONNECT_CLIENT, DISCONNECT_USER -> false;
    };
  }
}
