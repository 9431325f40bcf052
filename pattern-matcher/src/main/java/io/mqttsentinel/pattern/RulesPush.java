package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.PrintStream;

final class RulesPush {
  static int run(RulesArguments g, PrintStream o) throws IOException {
    return 0;
  }
}
