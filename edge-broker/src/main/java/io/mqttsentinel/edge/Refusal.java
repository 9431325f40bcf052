package io.mqttsentinel.edge;

/**
 * Why something is not done.
 *
 * @param reasonCode of MQTT 5
 * @param cause short stable word for metrics, events and audit
 */
record Refusal(int reasonCode, String cause) {

  /** What is stored of the account makes no sense. */
  static final Refusal ACCOUNT_UNUSABLE =
      new Refusal(ReasonCode.NOT_AUTHORIZED, "account_unusable");

  /** The permissions have a place for a name that cannot be put there. */
  static final Refusal NAME_UNUSABLE =
      new Refusal(ReasonCode.NOT_AUTHORIZED, "name_not_usable_in_permissions");

  /** Whether it ends a connection, whatever it was said to (MQTT-4.13.1-1). */
  boolean isViolation() {
    return reasonCode == ReasonCode.MALFORMED_PACKET || reasonCode == ReasonCode.PROTOCOL_ERROR;
  }

  /** Whether a client that is not let in for it may have guessed. */
  boolean isFailedLogin() {
    return reasonCode != ReasonCode.SERVER_UNAVAILABLE && !equals(ACCOUNT_UNUSABLE);
  }
}
