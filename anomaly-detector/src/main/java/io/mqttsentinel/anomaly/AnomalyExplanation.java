package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Finding;
import java.util.List;
import java.util.Optional;

/**
 * What the detectors say of one payload.
 *
 * @param version of the detectors
 * @param learned messages that the client's profile had seen before
 * @param needed from how many on a profile counts
 * @param raiseAfter unusual messages in a row before a finding, for what one message does not show
 * @param nanos for all detectors together
 */
public record AnomalyExplanation(
    String version,
    int learned,
    int needed,
    int raiseAfter,
    List<Step> steps,
    long nanos,
    List<Finding> findings) {

  /** Whether the payload could be compared with what is usual for its client. */
  public boolean hasBaseline() {
    return learned >= needed;
  }

  /**
   * One detector.
   *
   * @param unusual expected and observed where this one payload deviates; it is a finding only
   *     where {@code isFinding} says so
   * @param nanos the median of many
   */
  public record Step(String rule, Optional<Finding> unusual, boolean isFinding, long nanos) {}
}
