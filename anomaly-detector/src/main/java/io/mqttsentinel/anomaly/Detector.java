package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Finding;
import java.util.Optional;

/** One check of one message against what is usual for its client. */
interface Detector {

  /** What it looks for; its rule is the one that its findings name. */
  Alarm alarm();

  /**
   * What is unusual, if anything. Then the message belongs to what is usual: the profile learns.
   *
   * @param profile of the message's client
   */
  Optional<Finding> inspect(Observation seen, Profile profile);

  /**
   * Whether a message that is processed again, after a crash, is to be judged again: it neither
   * counts nor teaches anything.
   */
  default boolean judgesReplays() {
    return false;
  }
}
