package io.mqttsentinel.edge;

import io.netty.handler.codec.DecoderException;

/** A packet that our own check refused before it was decoded. */
final class PacketRefused extends DecoderException {

  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  PacketRefused(Refusal refusal) {
    super(refusal.cause());
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }

  /** Nobody looks at it, and hostile clients make many. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
