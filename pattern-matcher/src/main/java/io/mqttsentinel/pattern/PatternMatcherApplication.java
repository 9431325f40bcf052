package io.mqttsentinel.pattern;

import io.mqttsentinel.runtime.ServiceMain;

/** Signatures as a process of its own. */
public final class PatternMatcherApplication {

  private PatternMatcherApplication() {}

  public static void main(String[] args) {
    ServiceMain.run("pattern-matcher", PatternMatcherApplication.class, args);
  }
}
