package io.mqttsentinel.pattern;

import java.time.Duration;

/**
 * Hits of a rule that are needed before it is a finding.
 *
 * @param count hits, the present one among them
 * @param window in which they must lie
 * @param by what they have in common
 */
record Threshold(int count, Duration window, By by) {

  /** Hits of the same one are counted together. */
  enum By {
    CLIENT,
    USERNAME,
    ADDRESS,
    TOPIC,
    TENANT,
    ALL
  }
}
