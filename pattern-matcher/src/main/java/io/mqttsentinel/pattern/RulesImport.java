package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.PrintStream;

final class RulesImport {
  static int run(RulesArguments g, PrintStream o, PrintStream e) throws IOException {
    return 0;
  }
}
