package io.mqttsentinel.edge;

import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.InvalidationScope;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code ./sentinel ban|revoke|audit}: what an administrator does from a command line. */
public final class AccessCommand {

  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;
  private static final List<String> WHO = List.of("client", "user", "address", "all");
  private static final String WHERE =
      """
      Kafka and the registry are those of SENTINEL_KAFKA_BOOTSTRAP_SERVERS (localhost:9092) and
      SENTINEL_REGISTRY_URL (http://localhost:8081).
      """;
  private static final String USAGE =
      """
      usage:
        ban add    --client ID | --user NAME | --address IP[/BITS]  [--for 10m] [--reason TEXT]
        ban remove --client ID | --user NAME | --address IP[/BITS]
        ban list
        revoke     --client ID | --user NAME | --all  [--keep-connected]
        audit verify
      """
          + WHERE;

  /** A command line that makes no sense; the message says why. */
  private static final class WrongUse extends RuntimeException {
    WrongUse(String message) {
      super(message);
    }
  }

  private final PrintStream out;
  private final Clock clock;

  AccessCommand(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /** Ends with 0 where it worked, 1 where it failed or found something wrong, 2 for wrong use. */
  public static void main(String[] args) {
    System.exit(execute(args, System.out, System.err));
  }

  private static int execute(String[] args, PrintStream out, PrintStream err) {
    if (List.of(args).contains("--help")) {
      out.print(USAGE);
      return OK;
    }
    try (ApplicationContext context = ApplicationContext.builder().banner(false).start();
        AccessAdmin admin =
            new AccessAdmin(
                context.getBean(KafkaConfig.class),
                context.getBean(AvroSerdes.class),
                Clock.systemUTC(),
                System.getProperty("user.name", "unknown"))) {
      return new AccessCommand(out, Clock.systemUTC()).run(admin, args);
    } catch (RuntimeException e) {
      err.println("sentinel: " + ServiceMain.rootMessage(e));
      err.print(WHERE);
      return FAILED;
    }
  }

  int run(AccessAdmin admin, String... args) {
    try {
      Deque<String> words = new ArrayDeque<>(List.of(args));
      String command = words.isEmpty() ? "" : words.removeFirst();
      String verb = command.equals("revoke") || words.isEmpty() ? "" : words.removeFirst();
      return switch ((command + " " + verb).strip()) {
        case "ban add" -> add(admin, options(words, "for", "reason"));
        case "ban remove" -> remove(admin, options(words));
        case "ban list" -> list(admin, options(words));
        case "revoke" -> revoke(admin, options(words, "keep-connected"));
        case "audit verify" -> verify(admin, options(words));
        default -> throw new WrongUse("there is no such command");
      };
    } catch (WrongUse e) {
      out.println(e.getMessage());
      out.print(USAGE);
      return WRONG_USE;
    }
  }

  private int add(AccessAdmin admin, Map<String, String> options) {
    BanKind kind = kind(options);
    String value = value(options, kind);
    Instant now = clock.instant();
    Instant until =
        options.containsKey("for")
            ? now.plus(understood(() -> AdminInput.duration(options.get("for"))))
            : null;
    admin.ban(new Ban(now, kind, value, until, options.getOrDefault("reason", ""), user()));
    out.printf(
        "banned: %s %s%s%n", AdminInput.word(kind), value, until == null ? "" : " until " + until);
    return OK;
  }

  private int remove(AccessAdmin admin, Map<String, String> options) {
    BanKind kind = kind(options);
    String value = value(options, kind);
    if (!admin.bans().containsKey(Bans.key(kind, value))) {
      out.printf("there is no ban of %s %s%n", AdminInput.word(kind), value);
      return FAILED;
    }
    admin.lift(kind, value);
    out.printf("no longer banned: %s %s%n", AdminInput.word(kind), value);
    return OK;
  }

  private int list(AccessAdmin admin, Map<String, String> options) {
    if (!options.isEmpty()) {
      throw new WrongUse("ban list takes no options");
    }
    Instant now = clock.instant();
    List<Ban> bans =
        admin.bans().values().stream()
            .filter(ban -> ban.getUntil() == null || now.isBefore(ban.getUntil()))
            .toList();
    for (Ban ban : bans) {
      out.printf(
          "%-8s %s  %s  by %s%s%n",
          AdminInput.word(ban.getKind()),
          ban.getValue(),
          ban.getUntil() == null ? "until it is removed" : "until " + ban.getUntil(),
          ban.getBy(),
          ban.getReason().isEmpty() ? "" : ": " + ban.getReason());
    }
    out.println(bans.size() == 1 ? "1 ban" : bans.size() + " bans");
    return OK;
  }

  private int revoke(AccessAdmin admin, Map<String, String> options) {
    InvalidationScope scope;
    String value = "";
    if (options.containsKey("all")) {
      if (options.containsKey("client") || options.containsKey("user")) {
        throw new WrongUse("--all stands alone");
      }
      scope = InvalidationScope.ALL;
    } else {
      BanKind kind = kind(options);
      if (kind == BanKind.ADDRESS) {
        throw new WrongUse("revoke takes --client, --user or --all");
      }
      scope = kind == BanKind.USERNAME ? InvalidationScope.USERNAME : InvalidationScope.CLIENT_ID;
      value = value(options, kind);
    }
    boolean disconnect = !options.containsKey("keep-connected");
    admin.revoke(new AuthInvalidation(clock.instant(), scope, value, disconnect, user()));
    out.printf(
        "revoked: %s%s%n",
        scope == InvalidationScope.ALL ? "all" : value, disconnect ? ", and disconnected" : "");
    return OK;
  }

  private int verify(AccessAdmin admin, Map<String, String> options) {
    if (!options.isEmpty()) {
      throw new WrongUse("audit verify takes no options");
    }
    return report(admin.verifyAudit());
  }

  /** An emptied trail is not a sound one. */
  int report(AuditVerifier verifier) {
    if (verifier.chains().isEmpty() && verifier.unchained() == 0) {
      out.println("the audit trail holds no record: there was nothing to verify");
      return FAILED;
    }
    boolean sound = true;
    for (AuditVerifier.Chain chain : verifier.chains()) {
      out.printf(
          "%s: %d records, %d to %d%s%n",
          chain.producer(),
          chain.records(),
          chain.first(),
          chain.last(),
          chain.problems().isEmpty() ? "" : ": BROKEN");
      chain.problems().forEach(problem -> out.println("  " + problem));
      sound = sound && chain.problems().isEmpty();
    }
    if (verifier.unchained() > 0) {
      out.printf("%d records belong to no chain%n", verifier.unchained());
    }
    out.println(sound ? "all chains are sound" : "somebody changed the audit trail");
    return sound ? OK : FAILED;
  }

  private static Map<String, String> options(Deque<String> words, String... more) {
    Map<String, String> options = new HashMap<>();
    while (!words.isEmpty()) {
      String word = words.removeFirst();
      String name = word.startsWith("--") ? word.substring(2) : "";
      if (!WHO.contains(name) && !List.of(more).contains(name)) {
        throw new WrongUse("'%s' is not understood here".formatted(word));
      }
      boolean flag = name.equals("all") || name.equals("keep-connected");
      if (!flag && words.isEmpty()) {
        throw new WrongUse(word + " needs a value");
      }
      options.put(name, flag ? "" : words.removeFirst());
    }
    return options;
  }

  private static BanKind kind(Map<String, String> options) {
    List<String> named = WHO.stream().filter(options::containsKey).toList();
    if (named.size() != 1) {
      throw new WrongUse("expected exactly one of --client, --user, --address");
    }
    return switch (named.getFirst()) {
      case "client" -> BanKind.CLIENT_ID;
      case "user" -> BanKind.USERNAME;
      case "address" -> BanKind.ADDRESS;
      default -> throw new WrongUse("--all is for revoke");
    };
  }

  private static String value(Map<String, String> options, BanKind kind) {
    return understood(() -> AdminInput.value(kind, options.get(AdminInput.word(kind))));
  }

  private static <T> T understood(Supplier<T> input) {
    try {
      return input.get();
    } catch (IllegalArgumentException e) {
      throw new WrongUse(e.getMessage());
    }
  }

  private static String user() {
    return System.getProperty("user.name", "unknown");
  }
}
