package io.mqttsentinel.schemas;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What every stage does with the envelope: append its findings and its stamp. A stage owns the
 * record that it has just read, so the record is changed in place.
 */
public final class Envelope {

  private Envelope() {}

  /** Appends what a stage found and when it handed the message on. */
  public static InspectedMessage append(
      InspectedMessage message, String stage, List<Finding> findings, Instant now) {
    if (!findings.isEmpty()) {
      List<Finding> all = new ArrayList<>(message.getFindings());
      all.addAll(findings);
      message.setFindings(all);
    }
    return stamp(message, stage, now);
  }

  /** Notes when a stage handed the message on. */
  public static InspectedMessage stamp(InspectedMessage message, String stage, Instant now) {
    List<StageStamp> stamps = new ArrayList<>(message.getStamps());
    stamps.add(new StageStamp(stage, now));
    message.setStamps(stamps);
    return message;
  }

  /** The strongest action of all findings that count; {@link Action#ALLOW} without any. */
  public static Action strongest(List<Finding> findings) {
    Action strongest = Action.ALLOW;
    for (Finding finding : findings) {
      if (!finding.getShadow() && finding.getAction().compareTo(strongest) > 0) {
        strongest = finding.getAction();
      }
    }
    return strongest;
  }
}
