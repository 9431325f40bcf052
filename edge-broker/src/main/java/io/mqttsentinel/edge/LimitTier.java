package io.mqttsentinel.edge;

import java.util.Locale;

/**
 * What is limited, in the order in which it is looked at: the narrowest first, so that who is
 * beyond a limit of its own takes nothing from what it shares with others.
 */
enum LimitTier {
  /** PUBLISH of one client. */
  PUBLISH_CLIENT(true),
  /** Bytes that one client publishes. */
  BYTES_CLIENT(true),
  /** SUBSCRIBE of one client. */
  SUBSCRIBE_CLIENT(true),
  /** All packets of one client. */
  CLIENT(true),
  /** CONNECT from one address. */
  CONNECT_ADDRESS(false),
  /** All packets from one address. */
  ADDRESS(false),
  /** Bytes that are published from one address. */
  BYTES_ADDRESS(false),
  /** All packets of all clients. */
  GLOBAL(false),
  /** Bytes that all clients publish. */
  BYTES_GLOBAL(false);

  private final boolean own;

  LimitTier(boolean own) {
    this.own = own;
  }

  /** Whether only the client itself can be the cause. */
  boolean isOwn() {
    return own;
  }

  Refusal refusal() {
    return new Refusal(ReasonCode.QUOTA_EXCEEDED, word());
  }

  String word() {
    return "rate_" + name().toLowerCase(Locale.ROOT);
  }
}
