package io.mqttsentinel.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/**
 * The first class in every started JVM: runs another main class, and ends the JVM when the
 * benchmark is gone, so that nothing stays behind when it is killed.
 */
final class ChildMain {

  private static final int PARENT_GONE = 3;

  private ChildMain() {}

  public static void main(String[] args) throws Throwable {
    ProcessHandle.current().parent().ifPresent(ChildMain::endWith);
    Class<?> main = Class.forName(args[0]);
    MethodHandles.lookup()
        .findStatic(main, "main", MethodType.methodType(void.class, String[].class))
        .invoke(Arrays.copyOfRange(args, 1, args.length));
  }

  private static void endWith(ProcessHandle parent) {
    var _ = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(PARENT_GONE));
  }
}
