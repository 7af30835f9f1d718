package dev.nestor.net;

/** Texts of /proc/net that are the same in all nets, or but for a few numbers. */
final class ProcNetTexts {
    private ProcNetTexts() {}

    static final String NETSTAT = """
            TcpExt: SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned \
            OutOfWindowIcmps LockDroppedIcmps ArpFilter TW TWRecycled TWKilled PAWSActive PAWSEstab BeyondWindow \
            TSEcrRejected PAWSOldAck PAWSTimewait DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows \
            ListenDrops TCPHPHits TCPPureAcks TCPHPAcks TCPRenoRecovery TCPSackRecovery TCPSACKReneging TCPSACKReorder \
            TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo TCPDSACKUndo TCPLossUndo TCPLostRetransmit \
            TCPRenoFailures TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans TCPTimeouts \
            TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail TCPRcvCollapsed \
            TCPBacklogCoalesce TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv TCPDSACKOfoRecv TCPAbortOnData \
            TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed TCPMemoryPressures \
            TCPMemoryPressuresChrono TCPSACKDiscard TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs \
            TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted TCPSackMerged TCPSackShiftFallback \
            TCPBacklogDrop PFMemallocDrop TCPMinTTLDrop TCPDeferAcceptDrop IPReversePathFilter TCPTimeWaitOverflow \
            TCPReqQFullDoCookies TCPReqQFullDrop TCPRetransFail TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge \
            TCPChallengeACK TCPSYNChallenge TCPFastOpenActive TCPFastOpenActiveFail TCPFastOpenPassive \
            TCPFastOpenPassiveFail TCPFastOpenListenOverflow TCPFastOpenCookieReqd TCPFastOpenBlackhole \
            TCPSpuriousRtxHostQueues BusyPollRxPackets TCPAutoCorking TCPFromZeroWindowAdv TCPToZeroWindowAdv \
            TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent TCPHystartTrainDetect TCPHystartTrainCwnd \
            TCPHystartDelayDetect TCPHystartDelayCwnd TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq \
            TCPACKSkippedFinWait2 TCPACKSkippedTimeWait TCPACKSkippedChallenge TCPWinProbe TCPKeepAlive TCPMTUPFail \
            TCPMTUPSuccess TCPDelivered TCPDeliveredCE TCPAckCompressed TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig \
            TCPFastOpenPassiveAltKey TcpTimeoutRehash TcpDuplicateDataRehash TCPDSACKRecvSegs TCPDSACKIgnoredDubious \
            TCPMigrateReqSuccess TCPMigrateReqFailure TCPPLBRehash TCPAORequired TCPAOBad TCPAOKeyNotFound TCPAOGood \
            TCPAODroppedIcmps
            TcpExt: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \
            0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \
            0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
            IpExt: InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets \
            InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InCsumErrors InNoECTPkts InECT1Pkts InECT0Pkts \
            InCEPkts ReasmOverlaps
            IpExt: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
            MPTcpExt: MPCapableSYNRX MPCapableSYNTX MPCapableSYNACKRX MPCapableACKRX MPCapableFallbackACK \
            MPCapableFallbackSYNACK MPCapableSYNTXDrop MPCapableSYNTXDisabled MPCapableEndpAttempt MPFallbackTokenInit \
            MPTCPRetrans MPJoinNoTokenFound MPJoinSynRx MPJoinSynBackupRx MPJoinSynAckRx MPJoinSynAckBackupRx \
            MPJoinSynAckHMacFailure MPJoinAckRx MPJoinAckHMacFailure MPJoinRejected MPJoinSynTx MPJoinSynTxCreatSkErr \
            MPJoinSynTxBindErr MPJoinSynTxConnectErr DSSNotMatching DSSCorruptionFallback DSSCorruptionReset \
            InfiniteMapTx InfiniteMapRx DSSNoMatchTCP DataCsumErr OFOQueueTail OFOQueue OFOMerge NoDSSInWindow \
            DuplicateData AddAddr AddAddrTx AddAddrTxDrop EchoAdd EchoAddTx EchoAddTxDrop PortAdd AddAddrDrop \
            MPJoinPortSynRx MPJoinPortSynAckRx MPJoinPortAckRx MismatchPortSynRx MismatchPortAckRx RmAddr RmAddrDrop \
            RmAddrTx RmAddrTxDrop RmSubflow MPPrioTx MPPrioRx MPFailTx MPFailRx MPFastcloseTx MPFastcloseRx MPRstTx \
            MPRstRx SubflowStale SubflowRecover SndWndShared RcvWndShared RcvWndConflictUpdate RcvWndConflict \
            MPCurrEstab Blackhole MPCapableDataFallback MD5SigFallback DssFallback SimultConnectFallback FallbackFailed \
            WinProbe
            MPTcpExt: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \
            0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
            """;

    static final String SNMP = """
            Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards \
            InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs \
            FragFails FragCreates OutTransmits
            Ip: %d 64 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
            Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos \
            InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal \
            OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps \
            OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps
            Icmp: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
            Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs \
            OutSegs RetransSegs InErrs OutRsts InCsumErrors
            Tcp: 1 200 120000 -1 0 0 0 0 0 0 0 0 0 0 0
            Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
            Udp: 0 0 0 0 0 0 0 0 0
            UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti \
            MemErrors
            UdpLite: 0 0 0 0 0 0 0 0 0
            """;

    static final String SNMP6 = """
            Ip6InReceives                   \t0
            Ip6InHdrErrors                  \t0
            Ip6InTooBigErrors               \t0
            Ip6InNoRoutes                   \t0
            Ip6InAddrErrors                 \t0
            Ip6InUnknownProtos              \t0
            Ip6InTruncatedPkts              \t0
            Ip6InDiscards                   \t0
            Ip6InDelivers                   \t0
            Ip6OutForwDatagrams             \t0
            Ip6OutRequests                  \t0
            Ip6OutDiscards                  \t0
            Ip6OutNoRoutes                  \t0
            Ip6ReasmTimeout                 \t0
            Ip6ReasmReqds                   \t0
            Ip6ReasmOKs                     \t0
            Ip6ReasmFails                   \t0
            Ip6FragOKs                      \t0
            Ip6FragFails                    \t0
            Ip6FragCreates                  \t0
            Ip6InMcastPkts                  \t0
            Ip6OutMcastPkts                 \t0
            Ip6InOctets                     \t0
            Ip6OutOctets                    \t0
            Ip6InMcastOctets                \t0
            Ip6OutMcastOctets               \t0
            Ip6InBcastOctets                \t0
            Ip6OutBcastOctets               \t0
            Ip6InNoECTPkts                  \t0
            Ip6InECT1Pkts                   \t0
            Ip6InECT0Pkts                   \t0
            Ip6InCEPkts                     \t0
            Ip6OutTransmits                 \t0
            Icmp6InMsgs                     \t0
            Icmp6InErrors                   \t0
            Icmp6OutMsgs                    \t0
            Icmp6OutErrors                  \t0
            Icmp6InCsumErrors               \t0
            Icmp6OutRateLimitHost           \t0
            Icmp6InDestUnreachs             \t0
            Icmp6InPktTooBigs               \t0
            Icmp6InTimeExcds                \t0
            Icmp6InParmProblems             \t0
            Icmp6InEchos                    \t0
            Icmp6InEchoReplies              \t0
            Icmp6InGroupMembQueries         \t0
            Icmp6InGroupMembResponses       \t0
            Icmp6InGroupMembReductions      \t0
            Icmp6InRouterSolicits           \t0
            Icmp6InRouterAdvertisements     \t0
            Icmp6InNeighborSolicits         \t0
            Icmp6InNeighborAdvertisements   \t0
            Icmp6InRedirects                \t0
            Icmp6InMLDv2Reports             \t0
            Icmp6OutDestUnreachs            \t0
            Icmp6OutPktTooBigs              \t0
            Icmp6OutTimeExcds               \t0
            Icmp6OutParmProblems            \t0
            Icmp6OutEchos                   \t0
            Icmp6OutEchoReplies             \t0
            Icmp6OutGroupMembQueries        \t0
            Icmp6OutGroupMembResponses      \t0
            Icmp6OutGroupMembReductions     \t0
            Icmp6OutRouterSolicits          \t0
            Icmp6OutRouterAdvertisements    \t0
            Icmp6OutNeighborSolicits        \t0
            Icmp6OutNeighborAdvertisements  \t0
            Icmp6OutRedirects               \t0
            Icmp6OutMLDv2Reports            \t0
            Udp6InDatagrams                 \t0
            Udp6NoPorts                     \t0
            Udp6InErrors                    \t0
            Udp6OutDatagrams                \t0
            Udp6RcvbufErrors                \t0
            Udp6SndbufErrors                \t0
            Udp6InCsumErrors                \t0
            Udp6IgnoredMulti                \t0
            Udp6MemErrors                   \t0
            UdpLite6InDatagrams             \t0
            UdpLite6NoPorts                 \t0
            UdpLite6InErrors                \t0
            UdpLite6OutDatagrams            \t0
            UdpLite6RcvbufErrors            \t0
            UdpLite6SndbufErrors            \t0
            UdpLite6InCsumErrors            \t0
            UdpLite6MemErrors               \t0
            """;

    static final String XFRM_STAT = """
            XfrmInError             \t0
            XfrmInBufferError       \t0
            XfrmInHdrError          \t0
            XfrmInNoStates          \t0
            XfrmInStateProtoError   \t0
            XfrmInStateModeError    \t0
            XfrmInStateSeqError     \t0
            XfrmInStateExpired      \t0
            XfrmInStateMismatch     \t0
            XfrmInStateInvalid      \t0
            XfrmInTmplMismatch      \t0
            XfrmInNoPols            \t0
            XfrmInPolBlock          \t0
            XfrmInPolError          \t0
            XfrmOutError            \t0
            XfrmOutBundleGenError   \t0
            XfrmOutBundleCheckError \t0
            XfrmOutNoStates         \t0
            XfrmOutStateProtoError  \t0
            XfrmOutStateModeError   \t0
            XfrmOutStateSeqError    \t0
            XfrmOutStateExpired     \t0
            XfrmOutPolBlock         \t0
            XfrmOutPolDead          \t0
            XfrmOutPolError         \t0
            XfrmFwdHdrError         \t0
            XfrmOutStateInvalid     \t0
            XfrmAcquireError        \t0
            XfrmOutStateDirError    \t0
            XfrmInStateDirError     \t0
            XfrmInIptfsError        \t0
            XfrmOutNoQueueSpace     \t0
            """;

    static final String PROTOCOLS = """
            protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha \
            uh gp em
            AF_VSOCK  1240      #      -1   NI       0   yes  kernel      y  n  n  n  n  n  n  n  n  n  n  n  n  n  n  \
            n  n  n
            PACKET    1600      #      -1   NI       0   no   kernel      n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  \
            n  n  n
            MPTCPv6   2064      #      48   no       0   yes  kernel      y  y  y  n  y  y  y  y  y  y  y  y  n  n  y  \
            y  y  n
            PINGv6    1344      #      -1   NI       0   yes  kernel      y  y  y  n  n  y  n  n  y  y  y  y  y  y  n  \
            y  y  n
            RAWv6     1344      #      -1   NI       0   yes  kernel      y  y  y  n  y  y  y  n  y  y  y  y  y  y  y  \
            y  n  n
            UDPLITEv6 1472      #       0   NI       0   yes  kernel      y  y  y  n  y  y  y  n  y  y  y  y  n  n  y  \
            y  y  n
            UDPv6     1472      #       0   NI       0   yes  kernel      y  y  y  n  y  y  y  n  y  y  y  y  n  n  y  \
            y  y  n
            TCPv6     2432      #      48   no     192   yes  kernel      y  y  y  y  y  y  y  y  y  y  y  y  n  y  y  \
            y  y  y
            XDP       1088      #      -1   NI       0   no   kernel      n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  \
            n  n  n
            UNIX-STREAM 1152      #      -1   NI       0   yes  kernel      y  n  n  n  n  n  n  n  n  n  n  n  n  n  n \
             n  n  n
            UNIX      1152      #      -1   NI       0   yes  kernel      y  n  n  n  n  n  n  n  n  n  n  n  n  n  n  \
            n  n  n
            UDP-Lite  1344      #       0   NI       0   yes  kernel      y  y  y  n  y  y  y  n  y  y  y  y  n  n  y  \
            y  y  n
            MPTCP     1936      #      48   no       0   yes  kernel      y  y  y  n  y  y  y  y  y  y  y  y  n  n  y  \
            y  y  n
            PING      1016      #      -1   NI       0   yes  kernel      y  y  y  n  n  y  n  n  y  y  y  y  y  y  n  \
            y  y  n
            RAW       1152      #      -1   NI       0   yes  kernel      y  y  y  n  y  y  y  n  y  y  y  y  y  y  y  \
            y  n  n
            UDP       1344      #       0   NI       0   yes  kernel      y  y  y  n  y  y  y  n  y  y  y  y  n  n  y  \
            y  y  n
            TCP       2304      #      48   no     192   yes  kernel      y  y  y  y  y  y  y  y  y  y  y  y  n  y  y  \
            y  y  y
            NETLINK   1096      #      -1   NI       0   no   kernel      n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  \
            n  n  n
            """;
}
