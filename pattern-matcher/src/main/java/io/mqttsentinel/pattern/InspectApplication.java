package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code ./sentinel inspect}: the whole pattern inspection of one payload, explained. */
public final class InspectApplication {

  private static final String HELP =
      """
      usage: ./sentinel inspect FILE|- [options]

        Inspects one payload (- reads standard input) as the pattern matcher does and prints the
        views that it is decoded to, which rules fire, in which view and at which byte, and the time
        of each step on this machine.

        --topic TOPIC       the topic it is published to (clients/device/data)
        --rules PLACE       a file or directory of rules in place of the shipped ones
        --engine auto|vectorscan|java   (auto)

      exit code: 0 nothing was found, 1 something was, 2 wrong usage, or the payload or the rules
      cannot be read
      """;

  private InspectApplication() {}

  /** Exits with 0 if nothing was found, 1 if something was, or 2 if that could not be said. */
  public static void main(String[] args) {
    System.exit(run(Arrays.asList(args), System.in, System.out, System.err));
  }

  static int run(List<String> arguments, InputStream in, PrintStream out, PrintStream err) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.print(HELP);
      return RulesApplication.SUCCESS;
    }
    try {
      RulesArguments given = RulesArguments.parse(arguments);
      byte[] payload = payload(given, in);
      RuleSet rules =
          RuleSet.load(
              RulesArguments.files(given.option("--rules").stream().toList()),
              given.engine(),
              DecodeLimits.DEFAULT);
      String topic = given.option("--topic").orElse("clients/device/data");
      return new Explanation(rules, out).print(topic, payload)
          ? RulesApplication.FAILURE
          : RulesApplication.SUCCESS;
    } catch (RuleFileException e) {
      e.problems().forEach(problem -> err.println("sentinel inspect: " + problem));
      return RulesApplication.BAD_USAGE;
    } catch (IOException | UsageException | IllegalStateException e) {
      err.println("sentinel inspect: " + e.getMessage());
      return RulesApplication.BAD_USAGE;
    }
  }

  private static byte[] payload(RulesArguments given, InputStream in) throws IOException {
    if (given.places().equals(List.of("-"))) {
      return in.readAllBytes();
    }
    Path file = given.onlyFile("payload's file, or - for standard input");
    try {
      return Files.readAllBytes(file);
    } catch (AccessDeniedException e) {
      throw new IOException("'%s' must not be read, expected a payload".formatted(file), e);
    }
  }
}
