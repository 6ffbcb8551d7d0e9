// Go: x509.ParseRevocationList makes objects, CheckSignatureFrom checks the
// signature. The package looks nothing up, so the map is one's own. See driver.h
// for the command line and what is printed.
package main

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	recordSize   = 24
	largestPiece = 1024
	longPiece    = time.Millisecond
)

// The octets of a serial number, without leading zeros, and their number.
type serial [22]byte

func toSerial(octets []byte) serial {
	var s serial
	octets = bytes.TrimLeft(octets, "\x00")
	copy(s[:], octets)
	s[21] = byte(len(octets))
	return s
}

type peer struct {
	listed map[serial]struct{}
}

type question struct {
	serial serial
	listed bool
}

func expect(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(what string) {
	fmt.Fprintln(os.Stderr, what)
	os.Exit(2)
}

func readFile(path string) []byte {
	octets, err := os.ReadFile(path)
	expect(err)
	return octets
}

func load(crlPath, caPath string) *peer {
	ca, err := x509.ParseCertificate(readFile(caPath))
	expect(err)
	crl, err := x509.ParseRevocationList(readFile(crlPath))
	expect(err)
	expect(crl.CheckSignatureFrom(ca))
	p := &peer{make(map[serial]struct{}, len(crl.RevokedCertificates))}
	for _, entry := range crl.RevokedCertificates {
		p.listed[toSerial(entry.SerialNumber.Bytes())] = struct{}{}
	}
	return p
}

func (p *peer) answer(questions []question, listed []bool) {
	for i := range questions {
		_, listed[i] = p.listed[questions[i].serial]
	}
}

func readQuestions(path string) []question {
	octets := readFile(path)
	if len(octets) == 0 || len(octets)%(2*recordSize) != 0 {
		fail("the file of questions is not whole")
	}
	questions := make([]question, 0, len(octets)/recordSize)
	for ; len(octets) > 0; octets = octets[recordSize:] {
		questions = append(questions,
			question{toSerial(octets[2 : 2+octets[1]]), octets[0] == 1})
	}
	return questions
}

// The rate, and how many questions it is measured on, as in driver.cc.
func (p *peer) measure(questions []question, limit time.Duration) (float64, int) {
	listed := make([]bool, largestPiece)
	piece, checked := 1, 0
	for begin := time.Now(); checked < len(questions) && time.Since(begin) < limit; {
		part := questions[checked:]
		if len(part) > piece {
			part = part[:piece]
		}
		before := time.Now()
		p.answer(part, listed)
		if piece < largestPiece && time.Since(before) < longPiece {
			piece *= 2
		}
		for i := range part {
			if listed[i] != part[i].listed {
				fail("a wrong answer to question " + strconv.Itoa(checked+i))
			}
		}
		checked += len(part)
	}
	questions = questions[:checked]
	done, next := 0, 0
	start := time.Now()
	for {
		end := next + piece
		if end > checked {
			end = checked
		}
		p.answer(questions[next:end], listed)
		done += end - next
		if next = end; next == checked {
			next = 0
		}
		if elapsed := time.Since(start); elapsed >= limit {
			return float64(done) / elapsed.Seconds(), checked
		}
	}
}

func peakBytes() uint64 {
	for _, line := range strings.Split(string(readFile("/proc/self/status")), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			kilobytes, err := strconv.ParseUint(fields[1], 10, 64)
			expect(err)
			return kilobytes * 1024
		}
	}
	fail("no VmHWM in /proc/self/status")
	return 0
}

func main() {
	arguments := os.Args[1:]
	if len(arguments) != 4 && len(arguments) != 5 {
		fail(os.Args[0] + " CRL CA LEAF QUESTIONS [SECONDS]")
	}
	limit := 2 * time.Second
	if len(arguments) == 5 {
		seconds, err := strconv.ParseFloat(arguments[4], 64)
		expect(err)
		limit = time.Duration(seconds * float64(time.Second))
	}
	start := time.Now()
	p := load(arguments[0], arguments[1])
	loadSeconds := time.Since(start).Seconds()
	peak := peakBytes()

	questions := readQuestions(arguments[3])
	few, fewChecked := p.measure(questions[:len(questions)/2], limit)
	half, halfChecked := p.measure(questions[len(questions)/2:], limit)
	fmt.Printf(`{"peer":"Go","version":"%s","search":"a map of one's own",`+
		`"signature":"verified","load_seconds":%.6f,"peak_bytes":%d,`+
		`"per_second_1":%.2f,"checked_1":%d,"per_second_50":%.2f,"checked_50":%d}`+"\n",
		strings.TrimPrefix(runtime.Version(), "go"), loadSeconds, peak,
		few, fewChecked, half, halfChecked)
}
