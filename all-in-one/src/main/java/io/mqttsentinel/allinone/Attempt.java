package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.SecurityEvent;
import java.util.Locale;
import java.util.Optional;

/** One attack and what came of it. */
final class Attempt {

  private static final int FIRST_ERROR_CODE = 0x80;

  private final Attack attack;
  private final String clientId;
  private final String topic;
  private final String payloadSha256;
  private Integer reasonCode;
  private Action action;
  private String type;
  private boolean delivered;

  /**
   * @param topic that the event has to name, or null where it names none
   * @param payloadSha256 that the event has to name, or null where it names none
   */
  Attempt(Attack attack, String clientId, String topic, String payloadSha256) {
    this.attack = attack;
    this.clientId = clientId;
    this.topic = topic;
    this.payloadSha256 = payloadSha256;
  }

  Attack attack() {
    return attack;
  }

  /** Travels with the message, so that its arrival can be told. */
  String id() {
    return clientId + "/" + attack;
  }

  /** Notes what the edge answered. */
  synchronized void answered(int code) {
    reasonCode = code;
  }

  /** Notes that somebody received what was sent. */
  synchronized void delivered() {
    delivered = true;
  }

  /** Notes a security event, where it is about this attempt. */
  synchronized void reported(SecurityEvent event) {
    if (isAbout(event) && (action == null || event.getAction().compareTo(action) > 0)) {
      action = event.getAction();
      type = event.getType();
    }
  }

  synchronized boolean isHandled() {
    return missing().isEmpty();
  }

  /** What is missing of what this attack should get. */
  synchronized Optional<String> missing() {
    Attack.Due due = attack.due();
    if (due == Attack.Due.REFUSED && (reasonCode == null || reasonCode < FIRST_ERROR_CODE)) {
      return told(
          reasonCode == null
              ? "was not answered"
              : "was answered with 0x%02x".formatted(reasonCode));
    }
    if (action == null) {
      return told("is not in security.events");
    }
    if (action.compareTo(due.leastAction()) < 0) {
      return told("got %s (%s)".formatted(action, type));
    }
    if (delivered && !due.mayArrive()) {
      return told("was delivered");
    }
    return Optional.empty();
  }

  private Optional<String> told(String what) {
    return Optional.of(
        "%s by %s should have been %s, but %s"
            .formatted(
                attack.title(), clientId, attack.due().name().toLowerCase(Locale.ROOT), what));
  }

  private boolean isAbout(SecurityEvent event) {
    boolean sameTopic = topic == null || topic.equals(event.getTopic());
    boolean samePayload = payloadSha256 == null || payloadSha256.equals(event.getPayloadSha256());
    return event.getClientId().equals(clientId) && sameTopic && samePayload;
  }
}
