package io.mqttsentinel.allinone;

import io.mqttsentinel.allinone.CommandLine.Command;
import io.mqttsentinel.runtime.ServiceMain;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** {@code ./sentinel demo} and {@code ./sentinel up}. */
public final class AllInOneApplication {

  private static final int SUCCESS = 0;
  private static final int FAILURE = 1;
  private static final int BAD_USAGE = 2;
  private static final long STOP_LIMIT_SECONDS = 30;

  private final Console console;
  private final CommandLine commandLine;
  private final CountDownLatch stop;

  private AllInOneApplication(Console console, CommandLine commandLine, CountDownLatch stop) {
    this.console = console;
    this.commandLine = commandLine;
    this.stop = stop;
  }

  /** Exits with 0, 1 if the demo or the start failed, or 2 if an argument is wrong. */
  public static void main(String[] args) {
    CommandLine commandLine;
    try {
      commandLine = CommandLine.parse(List.of(args), System.getenv());
      DataDirectory.prepare(commandLine.options().dataDirectory()); // the log file is in it
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("sentinel: " + e.getMessage());
      System.exit(e instanceof IOException ? FAILURE : BAD_USAGE);
      return;
    }
    logToFile(commandLine);
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, done)));
    Console console = Console.ofProcess();
    int code = FAILURE;
    try {
      code = new AllInOneApplication(console, commandLine, stop).run();
    } finally {
      done.countDown();
    }
    System.exit(code);
  }

  private int run() {
    AllInOneOptions options = commandLine.options();
    console.line("Starting in one JVM, data in " + options.dataDirectory());
    LogLines lines = LogLines.showOn(console);
    StartLog log = new StartLog(this::tellUnlessStopped);
    try (AllInOne laptop = start(options, log)) {
      log.total();
      HandsOn.lines(laptop, options.host()).forEach(console::line);
      if (commandLine.interop().isPresent()) {
        ServiceGroup open = InteropEdge.start(laptop, commandLine.interop().getAsInt());
        InteropEdge.warning(open.edgePort()).forEach(console::line);
      }
      try {
        return work(laptop);
      } finally {
        lines.stopping();
      }
    } catch (CancellationException e) {
      return SUCCESS;
    } catch (PortTakenException e) {
      return failed(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    } catch (Exception e) { // the outermost place: told, and the exit code says so
      org.slf4j.LoggerFactory.getLogger(AllInOneApplication.class).debug("The failure", e);
      return failed(ServiceMain.rootMessage(e));
    }
  }

  /** All ports are looked at first, that of the last part too. */
  private AllInOne start(AllInOneOptions options, StartLog log) throws Exception {
    options.ports().checkFree(options.host(), commandLine.interop());
    return AllInOne.start(options, log);
  }

  /** Between the steps of the start: who wants it to stop need not wait for all of them. */
  private void tellUnlessStopped(String line) {
    console.line(line);
    if (stop.getCount() == 0) {
      console.line("Stopping.");
      throw new CancellationException();
    }
  }

  private int work(AllInOne laptop) throws Exception {
    if (commandLine.command() == Command.UP) {
      console.line("Running until Ctrl-C.");
      stop.await();
      console.line("Stopping.");
      return SUCCESS;
    }
    Demo demo =
        new Demo(
            laptop,
            commandLine.options().host(),
            commandLine.devices(),
            commandLine.rate(),
            console,
            stop);
    DemoVerdict verdict = demo.run(commandLine.time());
    console.keepTable();
    if (stop.getCount() == 0) {
      console.line("Stopping.");
      return SUCCESS;
    }
    return told(verdict);
  }

  private int told(DemoVerdict verdict) {
    if (verdict.passed()) {
      console.line("");
      console.line("PASSED: every alert arrived at its device, every attack got what it should.");
      return SUCCESS;
    }
    console.line("");
    console.line("FAILED:");
    verdict.failures().forEach(failure -> console.line("  " + failure));
    return FAILURE;
  }

  private int failed(String message) {
    console.keepTable();
    message.lines().forEach(line -> System.err.println("sentinel: " + line));
    return FAILURE;
  }

  /** The console is for people; before anything asks for a logger. */
  private static void logToFile(CommandLine commandLine) {
    if (System.getenv("SENTINEL_LOG_FORMAT") == null) {
      System.setProperty("SENTINEL_LOG_FORMAT", "file");
    }
    System.setProperty(
        "SENTINEL_LOG_FILE",
        commandLine.options().dataDirectory().resolve("logs").resolve("sentinel.log").toString());
  }

  /** The JVM ends when this returns. */
  private static void stopAndWait(CountDownLatch stop, CountDownLatch done) {
    stop.countDown();
    try {
      if (!done.await(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("sentinel: did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
