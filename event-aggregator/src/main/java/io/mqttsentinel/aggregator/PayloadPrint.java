package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.PrintableText;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** What an event says of a payload: enough to recognise it, not enough to leak or to attack. */
record PayloadPrint(int size, String sha256, String excerpt) {

  static final int LONGEST_EXCERPT = 200;

  static PayloadPrint of(ByteBuffer payload) {
    return new PayloadPrint(
        payload.remaining(),
        HexFormat.of().formatHex(Sha256.of(payload)),
        PrintableText.of(payload, LONGEST_EXCERPT));
  }
}
