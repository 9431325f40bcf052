package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import java.util.Optional;

/** One check of one message against what is usual. Changes nothing but the pace it counts. */
interface Detector {

  /** The rule that its findings name. */
  String ruleId();

  /**
   * What is unusual, if anything.
   *
   * @param pace of the message's client so far; the detector of rates counts the message in it
   * @param at milliseconds, when the message was published
   */
  Optional<Finding> inspect(InspectedMessage message, Pace pace, long at);
}
