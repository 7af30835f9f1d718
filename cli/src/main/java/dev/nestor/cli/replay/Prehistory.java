package dev.nestor.cli.replay;

import dev.nestor.cli.image.FileImage;
import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.HashSet;
import java.util.Set;

/**
 * What stood on the machine before the log began, and what lies outside the emulator: learned from the log, at the latest
 * possible moment.
 *
 * <p>The emulator begins with an empty machine of the reference kind. A call is entered, and where its answer shows that
 * the real machine had something that the emulator knows nothing of, that is learned from the recorded answer and the call
 * is entered anew. <b>A call that taught something has its result taken from the log: it is not computed.</b> Later calls
 * that depend on the same thing are computed. These are the rules:
 *
 * <ul>
 *   <li><i>Files of an image</i> are there before anybody looks for them ({@link OutsideImage}): what they answer is computed.
 *   <li><i>Names.</i> A path that the log finds and the emulator does not, in a directory that was there before: it stood
 *       there, of the kind that the call shows, and so did the directories on the way. What the emulator finds though the
 *       log does not, and names that the run itself has removed, are never learned. That a name is absent is the rule, and
 *       computed ({@link OutsideFiles}).
 *   <li><i>Descriptors.</i> 0, 1 and 2 are open from the start. Any other that is used before the log opens it was
 *       inherited; the path that strace shows with it says what it is. Its contents are outside.
 *   <li><i>Calls that the emulator has not, and files that lie outside it.</i> The result is the log's; descriptors
 *       that it returns are opened as files outside, so that what is done with their numbers is computed.
 *   <li><i>Bytes and attributes of files from before:</i> as the first read or stat shows them; the same asked again is
 *       computed.
 *   <li><i>Who the first task is</i> (ids, groups, capabilities, limits, masks, names of the machine): as on the reference
 *       machine. The first observation that differs is learned, while nothing in the log has set it ({@link Identity}).
 *   <li><i>The cgroup</i> of its own that each log ran in: its name ({@link OutsideCgroups}).
 *   <li><i>Memory</i> that is there without having been mapped ({@link OutsideMemory}).
 *   <li><i>How long the machine has been up</i>, which clocks that count from boot show ({@link OutsideClock}).
 *   <li><i>POSIX message queues</i> that are found though nobody in the log has made them ({@link OutsideQueues}).
 *   <li><i>Processes</i> that a call or a path of /proc finds though no task of the log is they: learned as tasks that do
 *       nothing ({@link OutsideTasks}), whose namespaces are the initial ones. What their files in /proc say is not known
 *       ({@link OutsideProcesses}).
 *   <li><i>Descriptors of initial namespaces</i>, which are the same on all machines.
 *   <li><i>Ports and names of sockets</i> that the kernel was free to choose ({@link OutsideSockets}).
 *   <li><i>Processes</i> that a call finds though no task of the log is they: learned as tasks that do nothing
 *       ({@link OutsideTasks}).
 * </ul>
 *
 * <p>After a difference the emulator is brought in line with the log where that is simple (a descriptor goes to the
 * recorded number), so that one difference does not beget others. No rule looks at which log or program it is.
 */
public final class Prehistory {
    private static final String STRANGER = "a process that the log does not show";

    private final Machine machine;
    private final Crew crew;
    private final LearnedFiles learned;
    private final OutsideTasks tasks;
    private final OutsideFiles files;
    private final OutsideImage image;
    private final OutsideContents contents;
    private final OutsideDescriptors descriptors;
    private final OutsideMounts mounts;
    private final OutsideMemory memory;
    private final Identity identity;
    private final OutsideCgroups cgroups;
    private final OutsideClock clock;
    private final OutsideQueues queues;
    private final OutsideSockets sockets;

    /** The first tasks of the log whose working directory has not shown yet. */
    private final Set<ReplayedTask> astray = new HashSet<>();

    private boolean hasBegun;

    private final OutsideProcesses processes;
    private final OutsideTexts texts;
    private boolean opensMaybeOld; // the call that was entered last opens a file that may be from before

    public Prehistory(Machine machine, Crew crew, FileImage fileImage) {
        this.machine = machine;
        this.crew = crew;
        learned = new LearnedFiles(machine.kernel().vfs(), machine.rootUserNs());
        tasks = new OutsideTasks(machine, crew);
        files = new OutsideFiles(learned);
        image = new OutsideImage(learned, fileImage);
        contents = new OutsideContents(learned, files);
        descriptors = new OutsideDescriptors(machine, learned);
        mounts = new OutsideMounts(machine, learned);
        memory = new OutsideMemory(machine);
        identity = new Identity(machine, tasks, crew);
        cgroups = new OutsideCgroups(machine);
        clock = new OutsideClock(machine);
        queues = new OutsideQueues(machine);
        sockets = new OutsideSockets(machine);
        texts = new OutsideTexts(machine, learned);
        processes = new OutsideProcesses(learned, machine.kernel().fileSystems().procFs(), crew, machine.rootPidNs());
    }

    /** The machine's files, as those see them who learn of them. */
    LearnedFiles learnedFiles() {
        return learned;
    }

    /** A task of the log that nothing in the emulator plays yet. */
    public void appear(ReplayedTask member) {
        tasks.appear(member);
        identity.start(member);
        if (member.isAlive() && crew.isRoot(member.number())) {
            if (!hasBegun) {
                hasBegun = true;
                learned.setIncomplete(machine.rootMount());
                cgroups.begin(learned);
                files.begin(member.task());
            }
            descriptors.begin(member);
            astray.add(member);
        }
    }

    /** A task of the log that the emulator's own clone has made. */
    public void inherit(ReplayedTask maker, ReplayedTask child) {
        identity.inherit(maker, child);
        descriptors.inherit(maker, child);
        if (astray.contains(maker)) {
            astray.add(child);
        }
    }

    public void forget(ReplayedTask member) {
        identity.forget(member);
        descriptors.forget(member);
        astray.remove(member);
    }

    /** Before a call: what its line shows of the task itself, though it is not what the call is asked for. */
    public void before(ReplayedTask member, TraceCall call) {
        descriptors.before(member, call);
        sockets.before(member, call);
        image.before(member.task(), call);
        opensMaybeOld = files.opensMaybeOld(member.task(), call);
        if (astray.contains(member) && files.learnWorkingDirectory(member.task(), call)) {
            astray.remove(member);
        }
    }

    /**
     * The emulator answers otherwise than the log. What was learned from that, in a few words, and then the call is to be
     * entered anew; "" when the emulator stands by its answer.
     */
    public String learn(ReplayedTask member, TraceCall call, long result) {
        boolean succeeded = call.result().outcome() == CallResult.Outcome.RETURNED;
        String learnt = "";
        if (succeeded && (result == -Errno.ENOMEM || result == -Errno.EFAULT || result == -Errno.EINVAL)) {
            learnt = memory.learn(member, call);
        }
        if (learnt.isEmpty()) {
            learnt = queues.learn(member, call, result);
        }
        if (learnt.isEmpty() && tasks.learnNumber(processes.meant(member, call, result))) {
            learnt = STRANGER;
        }
        if (learnt.isEmpty()) {
            learnt = sockets.learn(member, call, result);
        }
        if (learnt.isEmpty()) {
            learnt = image.learn(member, call, result);
        }
        if (learnt.isEmpty()) {
            learnt = files.learn(member, call, result);
        }
        if (learnt.isEmpty()) {
            learnt = descriptors.learn(member, call, result);
        }
        return learnt.isEmpty() ? tasks.learn(member, call, result) : learnt;
    }

    /** Whether an answer that differs is the recorded one but for numbers that a kernel chooses freely, or measures. */
    public boolean isSame(ReplayedTask member, TraceCall call, long result) {
        if (texts.isMeasured(member, call, result)) {
            contents.align(member, call, result); // its length is that of the recorded numbers
            return true;
        }
        return texts.isRenamed(member, call, result);
    }

    /** The emulator's answer, compared in full, differs: why it could not know better, or "". */
    public String excuse(ReplayedTask member, TraceCall call, long result) {
        String learnt = identity.learn(member, call, result);
        if (learnt.isEmpty()) {
            learnt = cgroups.learn(member, call);
        }
        if (learnt.isEmpty()) {
            learnt = descriptors.excuse(member, call, result);
        }
        if (learnt.isEmpty()) {
            learnt = clock.excuse(call);
        }
        if (learnt.isEmpty()) {
            learnt = queues.excuse(call);
        }
        if (learnt.isEmpty() && call.nr() == Nr.NR_getcwd && astray.contains(member)) {
            learnt = learnWorkingDirectory(member, call);
        }
        if (learnt.isEmpty() && processes.isAbout(member, call)) {
            learnt = STRANGER;
        }
        if (learnt.isEmpty()) {
            learnt = texts.excuse(member, call, result);
            identity.learn(member, texts.begun(member, call, result));
        }
        if (learnt.isEmpty() && contents.isCount(call, result)) {
            learnt = "how often a timer has gone off";
        }
        if (learnt.isEmpty() && contents.isOfWholeMachine(member, call, result)) {
            learnt = "what the whole machine has done";
        }
        if (learnt.isEmpty() && sockets.isTiming(call, result)) {
            learnt = "how much of a stream has come";
        }
        if (learnt.isEmpty() && !machine.isExiting(member.task())) {
            boolean isRead = call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64;
            learnt = image.excuse(files.inodeOf(member.task(), call), files.isStat(call), isRead);
        }
        boolean unknowable = files.isUnknowable(member, call)
                || contents.isUnknowable(member, call, result)
                || files.wasOld(member, call);
        return learnt.isEmpty() && unknowable ? "a file from before the log" : learnt;
    }

    private String learnWorkingDirectory(ReplayedTask member, TraceCall call) {
        boolean learnt = call.arg(0) instanceof Value.Str path && files.changeDirectory(member.task(), path.bytes());
        if (learnt) {
            astray.remove(member);
        }
        return learnt ? "where the task stood before the log" : "";
    }

    /** A call came out as in the log: what it says of the task is known from now on. */
    public void settled(ReplayedTask member, TraceCall call) {
        identity.settled(member, call);
        clock.settled(member, call);
        descriptors.settled(member, call);
        files.noteOpened(member, call, opensMaybeOld);
        if (call.nr() == Nr.NR_chdir || call.nr() == Nr.NR_fchdir || call.nr() == Nr.NR_getcwd) {
            astray.remove(member);
        }
    }

    /** A call whose result is taken from the log has not been entered at all. */
    public void adopt(ReplayedTask member, TraceCall call) {
        alignWith(member, call, -Errno.ENOSYS);
    }

    /** A call has been entered, but the log's result counts. */
    public void alignWith(ReplayedTask member, TraceCall call, long result) {
        tasks.align(member, call, result);
        descriptors.align(member, call, result);
        mounts.align(member, call, result);
        files.learnExisting(member, call, result);
        files.learnAttributes(member, call);
        descriptors.learnEnd(member, call);
        contents.align(member, call, result);
        contents.alignWritten(member, call, result);
        contents.alignDevice(member, call);
        memory.align(member, call, result);
        identity.settled(member, call);
    }

    /** The emulator still waits where the log does not: why it could not know better, or "". */
    public String explainEnd(ReplayedTask member, TraceCall call) {
        String learnt = tasks.explainEnd(member, call);
        return learnt.isEmpty() ? clock.explainEnd(member, call) : learnt;
    }
}
