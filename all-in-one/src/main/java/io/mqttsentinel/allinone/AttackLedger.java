package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.SecurityEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Every attack that was tried, and which of them a security event or a delivery is about. */
final class AttackLedger {

  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final Map<String, Attempt> byId = new ConcurrentHashMap<>();

  /** Notes an attack, before it is tried, so that nothing that comes of it can be missed. */
  void note(Attempt attempt) {
    byId.put(attempt.id(), attempt);
    attempts.add(attempt);
  }

  void reported(SecurityEvent event) {
    for (Attempt attempt : attempts) {
      attempt.reported(event);
    }
  }

  /** Notes that somebody received a message; returns whether it was an attack. */
  boolean delivered(String id) {
    Attempt attempt = id == null ? null : byId.get(id);
    if (attempt == null) {
      return false;
    }
    attempt.delivered();
    return true;
  }

  List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  int handled() {
    return (int) attempts.stream().filter(Attempt::isHandled).count();
  }

  boolean isAllHandled() {
    return attempts.stream().allMatch(Attempt::isHandled);
  }
}
