package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** {@code ./sentinel rules}: what authors of rules need before a rule goes into force. */
public final class RulesApplication {

  static final int SUCCESS = 0;
  static final int FAILURE = 1;
  static final int BAD_USAGE = 2;

  private static final String HELP =
      """
      usage: ./sentinel rules <command> [FILE|DIRECTORY ...] [options]

        check    loads rules as the service does: keys, patterns, their own tests, the engine
        test     the same, and says how many tests each file has and which rules have none
        list     one line for each rule: id, action, severity, mode, tags, what it finds
                   --action flag|quarantine|block   only those
        cost     measures what each rule costs on a line of telemetry; the most expensive first
                   --top N         how many are shown (20)
        eval     FILE.tsv[.gz] [--misses N]: runs labelled payloads (label, class, source, payload
                 in base64; a header line may be there) and prints what happened to each class;
                 with --misses N the first N of each class that were judged wrongly
                   --rules PLACE   a file or directory of rules in place of the shipped ones
        push     FILE --bootstrap HOST:PORT --registry URL: puts a rule file into the topic
                 pattern.rules, from where every pattern matcher takes it
                   --remove        takes the file with that name out again
                   --wait N        seconds for Kafka to answer (15)
        import   FILE ...: Suricata rules (.rules) and Sigma rules (.yml) as rules of ours, all
                 in shadow mode; what is left out, and why, goes to standard error
                   --format suricata|sigma   for files of any other name
                   --out FILE      writes there, not to standard output
                   --force         takes patterns too that are tried on almost every text

      Without a place the shipped rules are meant.
        --engine auto|vectorscan|java   (auto)

      exit code: 0 all is well, 1 a rule or a test failed (import: none could be taken over),
      2 wrong usage, or something cannot be read or does not answer
      """;

  private RulesApplication() {}

  /** Exits with 0, 1 if a rule or a test failed, or 2 if it could not be done at all. */
  public static void main(String[] args) {
    System.exit(run(Arrays.asList(args), System.out, System.err));
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.isEmpty() || List.of("help", "--help", "-h").contains(arguments.getFirst())) {
      out.print(HELP);
      return arguments.isEmpty() ? BAD_USAGE : SUCCESS;
    }
    try {
      RulesArguments given = RulesArguments.parse(arguments.subList(1, arguments.size()));
      return run(arguments.getFirst(), given, out, err);
    } catch (RuleFileException e) {
      e.problems().forEach(err::println);
      err.println(e.problems().size() == 1 ? "1 problem" : e.problems().size() + " problems");
      return FAILURE;
    } catch (IOException | UsageException | IllegalStateException e) {
      err.println("sentinel rules: " + e.getMessage());
      return BAD_USAGE;
    }
  }

  private static int run(String command, RulesArguments given, PrintStream out, PrintStream err)
      throws IOException {
    return switch (command) {
      case "check" -> new RulesReport(given, out).check();
      case "test" -> new RulesReport(given, out).test();
      case "list" -> new RulesReport(given, out).list();
      case "cost" -> new RulesCost(given, out).run();
      case "eval" -> RulesEvaluation.run(given, out);
      case "push" -> RulesPush.run(given, out);
      case "import" -> RulesImport.run(given, out, err);
      default ->
          throw new UsageException(
              "command is '%s', expected check, test, list, cost, eval, push or import"
                  .formatted(command));
    };
  }
}
