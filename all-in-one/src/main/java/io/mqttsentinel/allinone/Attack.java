package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.Action;

/** What the attacker tries, and the least that has to come of it. */
enum Attack {
  WRONG_CREDENTIALS("a guessed password", Due.REFUSED),
  FOREIGN_PUBLISH("publish to another client's topic", Due.REFUSED),
  FOREIGN_SUBSCRIBE("subscribe to another client's topic", Due.REFUSED),
  SQL_INJECTION("SQL injection", Due.BLOCKED),
  COMMAND_INJECTION("command injection", Due.BLOCKED),
  XSS("cross-site scripting", Due.BLOCKED),
  PATH_TRAVERSAL("path traversal", Due.BLOCKED),
  ORIGIN_INJECTION("SQL injection through the origin", Due.BLOCKED),
  OVERSIZED("a payload of 100 KB", Due.QUARANTINED),
  RANDOM_BYTES("random bytes in base64", Due.FLAGGED),
  BURST("a burst of publishes", Due.FLAGGED);

  /** What has to come of an attack. */
  enum Due {
    /** Refused by the edge, with an event. */
    REFUSED(Action.BLOCK, false),
    BLOCKED(Action.BLOCK, false),
    QUARANTINED(Action.QUARANTINE, false),
    FLAGGED(Action.FLAG, true);

    private final Action leastAction;
    private final boolean mayArrive;

    Due(Action leastAction, boolean mayArrive) {
      this.leastAction = leastAction;
      this.mayArrive = mayArrive;
    }

    Action leastAction() {
      return leastAction;
    }

    boolean mayArrive() {
      return mayArrive;
    }
  }

  private final String title;
  private final Due due;

  Attack(String title, Due due) {
    this.title = title;
    this.due = due;
  }

  String title() {
    return title;
  }

  Due due() {
    return due;
  }
}
