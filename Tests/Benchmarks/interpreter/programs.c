#define EXPORT __attribute__((visibility("default")))
typedef unsigned u; typedef unsigned char u8;
static u8 sieve_flags[1<<20]; static u words[1<<16];
EXPORT u loop(u n){ u x=12345, s=0; for(u i=0;i<n;i++){ x^=x<<13; x^=x>>17; x^=x<<5; s+=x&i; if((s&7)==3) s^=i; } return s; }
EXPORT u fib(u n){ return n<2?n:fib(n-1)+fib(n-2); }
EXPORT u sieve(u rounds){ u c=0; for(u r=0;r<rounds;r++){ c=0; for(u i=2;i<(1<<20);i++) sieve_flags[i]=1; for(u i=2;i*i<(1<<20);i++) if(sieve_flags[i]) for(u j=i*i;j<(1<<20);j+=i) sieve_flags[j]=0; for(u i=2;i<(1<<20);i++) c+=sieve_flags[i]; } return c; }
EXPORT u sort(u rounds){ u s=0; for(u r=0;r<rounds;r++){ u x=r+1; for(u i=0;i<(1<<16);i++){ x=x*1664525+1013904223; words[i]=x; }
  for(u gap=1<<15;gap;gap>>=1) for(u i=gap;i<(1<<16);i++){ u v=words[i]; u j=i; while(j>=gap&&words[j-gap]>v){ words[j]=words[j-gap]; j-=gap; } words[j]=v; } s+=words[12345]; } return s; }
EXPORT double mandel(u n){ double t=0; for(u y=0;y<n;y++) for(u x=0;x<n;x++){ double a=0,b=0,cr=x*3.0/n-2,ci=y*2.0/n-1; u k=0; while(k<50&&a*a+b*b<4){ double na=a*a-b*b+cr; b=2*a*b+ci; a=na; k++; } t+=k; } return t; }
